"""Who added, removed, exported, opened a file"""

import sqlalchemy as sa
from alembic import op


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'audit',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('who', sa.String(length=60), nullable=False),
        sa.Column('act', sa.String(length=10), nullable=False),
        sa.Column('about', sa.String(length=80), nullable=False),
        sa.Column('commune', sa.String(length=40), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    )


def downgrade() -> None:
    op.drop_table('audit')
