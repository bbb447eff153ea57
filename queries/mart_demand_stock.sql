-- mart_demand_stock: days on which a location had nothing left to sell, or had nothing the evening before.
--
-- grain  sku, location, day
-- reads  fact_demand_stock, run
-- unit   available and available_before in units; available_before is empty on the first day
with known_days as (
    select
        f.sku as sku,
        f.location as location,
        f.day as day,
        f.available as available,
        lag(f.available, 1) over (partition by f.sku, f.location order by f.day) as available_before
    from fact_demand_stock as f
    cross join run as r
    where f.day <= r.as_of
)
select
    sku as sku,
    location as location,
    day as day,
    available as available,
    available_before as available_before
from known_days
where available <= 0 or available_before <= 0
order by sku, location, day
