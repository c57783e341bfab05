"""Which languages a member of the team speaks, and in which a citizen wants to be spoken with"""

import sqlalchemy as sa
from alembic import op


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('agents', sa.Column('speaks', sa.Text(), nullable=True))
    op.add_column('tickets', sa.Column('languages', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_column('languages')
    with op.batch_alter_table('agents', schema=None) as batch_op:
        batch_op.drop_column('speaks')
