"""What happened, counted without the person; whom to ask how it went"""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def _dimensions():
    return (
        sa.Column('channel', sa.String(length=20), nullable=True),
        sa.Column('commune', sa.String(length=40), nullable=True),
        sa.Column('link', sa.String(length=40), nullable=True),
        sa.Column('procedure', sa.String(length=40), nullable=True),
        sa.Column('step', sa.String(length=60), nullable=True),
        sa.Column('detail', sa.String(length=60), nullable=True),
        sa.Column('value', sa.Integer(), nullable=True),
    )


def upgrade() -> None:
    op.create_table('events',
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('key', sa.BigInteger(), nullable=False),
    sa.Column('first', sa.Boolean(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    *_dimensions(),
    postgresql_partition_by='RANGE (at)'
    )
    op.create_index(op.f('ix_events_at'), 'events', ['at'], unique=False)
    op.create_index(op.f('ix_events_key'), 'events', ['key'], unique=False)
    if op.get_bind().dialect.name == 'postgresql':
        # Takes what has no partition of its own, so that a missing one never costs a citizen their answer.
        op.execute('CREATE TABLE events_rest PARTITION OF events DEFAULT')
    op.create_table('event_keys',
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('key', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_event_keys_conversation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_event_keys'))
    )
    op.create_index(op.f('ix_event_keys_month'), 'event_keys', ['month'], unique=False)
    op.create_table('event_counts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('span', sa.String(length=5), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    *_dimensions(),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_counts'))
    )
    op.create_index('ix_event_counts_day', 'event_counts', ['day', 'span'], unique=False)
    op.create_index('ix_event_counts_kind', 'event_counts', ['kind', 'day'], unique=False)
    op.create_index('ix_event_counts_procedure', 'event_counts', ['procedure', 'day'], unique=False)
    op.create_table('checkins',
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('procedure', sa.String(length=40), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_checkins_conversation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_checkins'))
    )
    op.create_index(op.f('ix_checkins_due_at'), 'checkins', ['due_at'], unique=False)
    with op.batch_alter_table('misses', schema=None) as batch_op:
        batch_op.add_column(sa.Column('commune', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('misses', schema=None) as batch_op:
        batch_op.drop_column('handled_at')
        batch_op.drop_column('commune')
    for table in ('checkins', 'event_counts', 'event_keys', 'events'):
        op.drop_table(table)
