-- fact_stock_changes_by_hand: every count that somebody changed on a channel.
--
-- grain  override_id
-- reads  overrides
-- unit   value is signed units as text
select
    override_id as override_id,
    "at" as at,
    channel as channel,
    sku as sku,
    value as value,
    owner as owner,
    reason as reason
from overrides
where field = 'stock' and channel is not null
order by override_id
