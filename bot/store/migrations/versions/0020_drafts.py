"""Whom a member named in a chat, and what waits there for their yes"""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, type_ in (('named_at', sa.DateTime(timezone=True)), ('draft', sa.Text()), ('drafted_at', sa.DateTime(timezone=True))):
        op.add_column('work_chats', sa.Column(name, type_, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('work_chats', schema=None) as batch_op:
        for name in ('drafted_at', 'draft', 'named_at'):
            batch_op.drop_column(name)
