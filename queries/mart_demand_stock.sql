-- mart_demand_stock: counts that found nothing left to sell at a location, and the counts after those.
--
-- grain  sku, location, day
-- reads  fact_demand_stock, run
-- unit   available and available_before in units; before: the count before this one, on the day counted_before
-- note   the first count has none before it, the last no counted_after; days between two counts have no row
with known_days as (
    select
        f.sku as sku,
        f.location as location,
        f.day as day,
        f.available as available,
        lag(f.available, 1) over (partition by f.sku, f.location order by f.day) as available_before,
        lag(f.day, 1) over (partition by f.sku, f.location order by f.day) as counted_before,
        lead(f.day, 1) over (partition by f.sku, f.location order by f.day) as counted_after
    from fact_demand_stock as f
    cross join run as r
    where f.day <= r.as_of
)
select
    sku as sku,
    location as location,
    day as day,
    available as available,
    available_before as available_before,
    counted_before as counted_before,
    counted_after as counted_after
from known_days
where available <= 0 or available_before <= 0
order by sku, location, day
