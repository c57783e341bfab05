"""What a citizen asked the team to find out, and the answers that are kept for a commune"""

import sqlalchemy as sa
from alembic import op


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('tickets', sa.Column('question', sa.Text(), nullable=True))
    op.add_column('content_notes', sa.Column('commune', sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('content_notes', schema=None) as batch_op:
        batch_op.drop_column('commune')
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_column('question')
