"""When a session of the console was last used; what has an end is found by its age"""

import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('sessions', sa.Column('used_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE sessions SET used_at = created_at')
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.alter_column('used_at', nullable=False)
    op.create_index(op.f('ix_sessions_used_at'), 'sessions', ['used_at'])


def downgrade() -> None:
    op.drop_index(op.f('ix_sessions_used_at'), table_name='sessions')
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_column('used_at')
