"""What helped, told to the editors beside what was wrong"""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('content_notes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=10), server_default='wrong', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('content_notes', schema=None) as batch_op:
        batch_op.drop_column('kind')
