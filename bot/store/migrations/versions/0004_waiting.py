"""How long a ticket waits, who was called meanwhile, when its agent was nudged"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('level', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('nudged_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE tickets SET waiting_since = opened_at')
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.alter_column('waiting_since', existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_column('nudged_at')
        batch_op.drop_column('level')
        batch_op.drop_column('waiting_since')
