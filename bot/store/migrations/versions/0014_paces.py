"""How fast calls may follow each other, and what the outbox knows of its rows"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

_PENDING = {'sqlite_where': sa.text("state = 'pending'"), 'postgresql_where': sa.text("state = 'pending'")}
_DONE = {'sqlite_where': sa.text("state <> 'pending'"), 'postgresql_where': sa.text("state <> 'pending'")}


def upgrade() -> None:
    op.create_table('paces',
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', 'channel', name=op.f('pk_paces'))
    )
    op.add_column('outbox', sa.Column('kind', sa.String(length=10), server_default='answer', nullable=False))
    op.drop_index('ix_outbox_due', table_name='outbox')
    op.create_index('ix_outbox_due', 'outbox', ['channel', 'next_at', 'id'], **_PENDING)
    op.create_index('ix_outbox_done', 'outbox', ['state', 'done_at'], **_DONE)


def downgrade() -> None:
    op.drop_index('ix_outbox_done', table_name='outbox')
    op.drop_index('ix_outbox_due', table_name='outbox')
    op.create_index('ix_outbox_due', 'outbox', ['next_at', 'id'], **_PENDING)
    op.drop_column('outbox', 'kind')
    op.drop_table('paces')
