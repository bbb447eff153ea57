-- mart_cost_lines: what the units sold of each SKU cost by their order lines, where those say so.
--
-- grain  month, recent, channel, sku, currency, rate_day
-- reads  fact_line_costs, fact_never_left, calendar, run
-- unit   cost in `currency`, to be converted at the rate of rate_day; units are those that it is the cost of
-- note   it counts where `costs` has nothing of the SKU
with dated_costs as (
    select
        c.month as month,
        case when f.order_day > r.as_of - interval '90 days' then 1 else 0 end as recent,
        f.channel as channel,
        f.sku as sku,
        f.currency as currency,
        case when f.currency = r.currency then r.as_of else f.order_day end as rate_day,
        f.units as units,
        f.cost as cost
    from fact_line_costs as f
    inner join calendar as c on c.day = f.order_day
    left join fact_never_left as x on x.channel = f.channel and x.order_id = f.order_id
    cross join run as r
    where f.order_day <= r.as_of and x.order_id is null
)
select
    month as month,
    cast(recent as bigint) as recent,
    channel as channel,
    sku as sku,
    currency as currency,
    rate_day as rate_day,
    sum(cast(units as bigint)) as units,
    sum(cost) as cost
from dated_costs
group by month, recent, channel, sku, currency, rate_day
order by month, recent, channel, sku, currency, rate_day
