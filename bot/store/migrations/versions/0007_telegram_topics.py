"""Topics of tickets in the team's Telegram group"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('telegram_topics',
    sa.Column('place', sa.String(length=60), nullable=False),
    sa.Column('thread', sa.BigInteger(), nullable=True),
    sa.Column('card', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('place', name=op.f('pk_telegram_topics'))
    )
    with op.batch_alter_table('telegram_topics', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_telegram_topics_thread'), ['thread'], unique=False)


def downgrade() -> None:
    op.drop_table('telegram_topics')
