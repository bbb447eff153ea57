-- mart_cost_prices: what a unit of each SKU costs, and from when.
--
-- grain  sku, from_day
-- reads  costs, listing_costs, sku_map, calendar
-- unit   unit_cost in `currency`: landed, goods, freight and duty
-- note   where the source of truth has no cost of a SKU, what a channel's own file says holds: from the file's day on, the first also before it; `told_by` is that channel
with known_skus as (
    select distinct sku as sku
    from costs
),
shown as (
    select
        coalesce(m.sku, l.sku, l.channel_sku) as sku,
        l.channel as channel,
        l.channel_sku as channel_sku,
        l."from" as day,
        l.unit_cost as unit_cost,
        l.currency as currency
    from listing_costs as l
    left join sku_map as m on m.channel = l.channel and m.channel_sku = l.channel_sku
    -- the product that the number stood for on that day
    where m.channel is null or (l."from" >= m.from_day and l."from" <= m.until_day)
),
numbered as (
    select
        s.sku as sku,
        s.channel as channel,
        s.day as day,
        s.unit_cost as unit_cost,
        s.currency as currency,
        -- of several listings of one day the first by name
        cast(row_number() over (partition by s.sku, s.day order by s.channel, s.channel_sku) as bigint) as place
    from shown as s
    where not exists (select 1 from known_skus as k where k.sku = s.sku)
),
borrowed as (
    select
        sku as sku,
        channel as channel,
        day as day,
        unit_cost as unit_cost,
        currency as currency,
        lag(day, 1) over (partition by sku order by day) as day_before,
        lead(day, 1) over (partition by sku order by day) as day_after
    from numbered
    where place = 1
),
first_days as (
    select min(day) as day
    from calendar
),
prices as (
    select
        sku as sku,
        "from" as from_day,
        "until" as until_day,
        unit_cost as unit_cost,
        currency as currency,
        null as told_by
    from costs

    union all

    select
        b.sku as sku,
        case when b.day_before is null and f.day < b.day then f.day else b.day end as from_day,
        cast(b.day_after - interval '1 day' as date) as until_day,
        b.unit_cost as unit_cost,
        b.currency as currency,
        b.channel as told_by
    from borrowed as b
    cross join first_days as f
)
select
    sku as sku,
    from_day as from_day,
    until_day as until_day,
    unit_cost as unit_cost,
    currency as currency,
    told_by as told_by
from prices
order by sku, from_day
