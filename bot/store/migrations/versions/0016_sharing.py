"""Links that are shared, and what they brought"""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('links',
    sa.Column('id', _BIG, autoincrement=True, nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('commune', sa.String(length=40), nullable=False),
    sa.Column('procedure', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('made_by', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_links')),
    sqlite_autoincrement=True
    )
    op.create_index('uq_links_code', 'links', ['code'], unique=True)
    op.create_index('uq_links_place', 'links', ['commune', 'procedure', 'source'], unique=True)
    op.create_table('link_days',
    sa.Column('link_id', _BIG, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.Column('conversations', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['links.id'], name=op.f('fk_link_days_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('link_id', 'day', name=op.f('pk_link_days'))
    )
    op.create_table('arrivals',
    sa.Column('conversation_id', _BIG, nullable=False),
    sa.Column('link_id', _BIG, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_arrivals_conversation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['link_id'], ['links.id'], name=op.f('fk_arrivals_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', 'link_id', name=op.f('pk_arrivals'))
    )


def downgrade() -> None:
    op.drop_table('arrivals')
    op.drop_table('link_days')
    op.drop_table('links')
