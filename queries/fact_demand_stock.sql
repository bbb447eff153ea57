-- fact_demand_stock: what was left to sell of each product at the end of each day, per location.
--
-- grain  day, sku, location
-- reads  stock
-- unit   available = on hand less reserved, damaged and held for quality, in units; may be negative
-- note   a state that the snapshot does not tell counts as no units; the day's last snapshot counts
-- by month
with last_snapshots as (
    select
        sku as sku,
        location as location,
        stock_day as day,
        max("at") as at
    from stock
    group by sku, location, stock_day
)
select
    s.stock_day as day,
    s.sku as sku,
    s.location as location,
    s.on_hand as on_hand,
    coalesce(s.inbound, 0) as inbound,
    s.on_hand - coalesce(s.reserved, 0) - coalesce(s.damaged, 0) - coalesce(s.quality_hold, 0) as available
from stock as s
inner join last_snapshots as t on t.sku = s.sku and t.location = s.location and t.day = s.stock_day and t.at = s.at
order by day, sku, location
