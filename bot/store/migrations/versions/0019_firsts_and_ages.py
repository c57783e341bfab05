"""A first time is found by what happened, not among all that somebody did; old misses and arrivals by their time"""

import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_events_key', 'events')
    only = {'sqlite_where': sa.text('first = 1'), 'postgresql_where': sa.text('first')}
    op.create_index('ix_events_firsts', 'events', ['key', 'kind', 'step'], **only)
    for table in ('misses', 'arrivals'):
        op.create_index(f'ix_{table}_at', table, ['at'])


def downgrade() -> None:
    for table in ('misses', 'arrivals'):
        op.drop_index(f'ix_{table}_at', table)
    op.drop_index('ix_events_firsts', 'events')
    op.create_index('ix_events_key', 'events', ['key'])
