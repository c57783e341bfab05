"""The members of the team and the chats in which they work"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('agents',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('communes', sa.Text(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('code_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agents')),
    sqlite_autoincrement=True
    )
    op.create_index('uq_agents_name', 'agents', ['name'], unique=True)
    op.create_index(op.f('ix_agents_code_hash'), 'agents', ['code_hash'], unique=False)
    op.create_table('work_chats',
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('contact', sa.String(length=200), nullable=False),
    sa.Column('agent_id', big, nullable=False),
    sa.Column('ticket_id', big, nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_work_chats_agent_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_work_chats_ticket_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('channel', 'contact', name=op.f('pk_work_chats'))
    )
    op.create_index(op.f('ix_work_chats_agent_id'), 'work_chats', ['agent_id'], unique=False)


def downgrade() -> None:
    op.drop_table('work_chats')
    op.drop_table('agents')
