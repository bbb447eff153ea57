-- mart_demand_on_hand: the newest count of each product and location up to the day the reports stand on.
--
-- grain  sku, location
-- reads  fact_demand_stock, run
-- unit   units; available = on hand less reserved, damaged and held for quality
with newest_days as (
    select
        f.sku as sku,
        f.location as location,
        max(f.day) as day
    from fact_demand_stock as f
    cross join run as r
    where f.day <= r.as_of
    group by f.sku, f.location
)
select
    f.sku as sku,
    f.location as location,
    f.day as day,
    f.on_hand as on_hand,
    f.inbound as inbound,
    f.available as available
from fact_demand_stock as f
inner join newest_days as n on n.sku = f.sku and n.location = f.location and n.day = f.day
order by sku, location
