"""Since when somebody has a ticket and when they last answered; whose words a row of the outbox tells; ready answers as listed"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE tickets SET held_since = changed_at, answered_at = changed_at WHERE state = 'claimed'")
    op.execute("UPDATE tickets SET nudged_at = NULL WHERE nudged_at < changed_at")
    op.add_column('outbox', sa.Column('about_id', _BIG, nullable=True))
    op.create_index('ix_outbox_about_id', 'outbox', ['about_id'])
    with op.batch_alter_table('work_chats', schema=None) as batch_op:
        batch_op.add_column(sa.Column('offered', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('work_chats', schema=None) as batch_op:
        batch_op.drop_column('offered')
    op.drop_index('ix_outbox_about_id', 'outbox')
    op.drop_column('outbox', 'about_id')
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_column('answered_at')
        batch_op.drop_column('held_since')
