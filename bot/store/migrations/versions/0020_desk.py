"""Whom a member named in a chat, and what waits there for their yes; what a message said, to tell an edit from none; how much somebody says"""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, type_ in (('named_at', sa.DateTime(timezone=True)), ('draft', sa.Text()), ('drafted_at', sa.DateTime(timezone=True))):
        op.add_column('work_chats', sa.Column(name, type_, nullable=True))
    for name in ('busy_until', 'share_until'):
        op.add_column('conversations', sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column('inbound', sa.Column('words', sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        for name in ('share_until', 'busy_until'):
            batch_op.drop_column(name)
    with op.batch_alter_table('inbound', schema=None) as batch_op:
        batch_op.drop_column('words')
    with op.batch_alter_table('work_chats', schema=None) as batch_op:
        for name in ('drafted_at', 'draft', 'named_at'):
            batch_op.drop_column(name)
