"""What became of a ticket, what the citizen says of the help, what agents found wrong in the content"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outcome', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('stars', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('word', sa.Text(), nullable=True))
    op.create_table('content_notes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('procedure', sa.String(length=40), nullable=True),
    sa.Column('step', sa.String(length=60), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('who', sa.String(length=60), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_content_notes'))
    )


def downgrade() -> None:
    op.drop_table('content_notes')
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_column('word')
        batch_op.drop_column('stars')
        batch_op.drop_column('outcome')
