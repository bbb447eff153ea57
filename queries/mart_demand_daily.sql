-- mart_demand_daily: demand up to the day the reports stand on.
--
-- grain  day, channel, sku
-- reads  fact_demand_daily, run
-- unit   units wanted; units_cancelled of them were refused for want of stock
with known_days as (
    select
        f.day as day,
        f.channel as channel,
        f.sku as sku,
        f.units as units,
        f.units_cancelled as units_cancelled,
        f.wanted_in_lines as wanted_in_lines,
        f.largest_line as largest_line
    from fact_demand_daily as f
    cross join run as r
    where f.day <= r.as_of
)
select
    day as day,
    channel as channel,
    sku as sku,
    units as units,
    units_cancelled as units_cancelled,
    wanted_in_lines as wanted_in_lines,
    largest_line as largest_line
from known_days
order by day, channel, sku
