"""A second factor for members of the team, and which of its codes was used last"""

import sqlalchemy as sa
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('agents', sa.Column('factor', sa.Text(), nullable=True))
    op.add_column('agents', sa.Column('factor_step', sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('agents', schema=None) as batch_op:
        batch_op.drop_column('factor_step')
        batch_op.drop_column('factor')
