"""Which messages tell the team of a citizen, so that they can be deleted; who erased their data; whose words editors read"""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('outbox', sa.Column('message', sa.String(length=40), nullable=True))
    op.add_column('conversations', sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    erased = sa.text('erased_at IS NOT NULL')
    op.create_index('ix_conversations_erased', 'conversations', ['erased_at'], sqlite_where=erased, postgresql_where=erased)
    op.add_column('content_notes', sa.Column('about_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
    op.create_index(op.f('ix_content_notes_about_id'), 'content_notes', ['about_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_content_notes_about_id'), table_name='content_notes')
    with op.batch_alter_table('content_notes', schema=None) as batch_op:
        batch_op.drop_column('about_id')
    op.drop_index('ix_conversations_erased', table_name='conversations')
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_column('erased_at')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_column('message')
