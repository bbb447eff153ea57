-- mart_settlements: what each settlement says it paid, what its lines add up to, and how many orders it names.
--
-- grain  channel, settlement_id
-- reads  settlements, fact_settle_totals, fact_settle_orders, fact_sales_orders
-- unit   total and lines_sum in `currency`
-- note   total is unknown where only the lines were exported; lines_sum is unknown where its lines stand in two currencies
with line_totals as (
    select
        channel as channel,
        settlement_id as settlement_id,
        min(currency) as currency,
        case when min(currency) = max(currency) then sum(lines_sum) else null end as lines_sum
    from fact_settle_totals
    group by channel, settlement_id
),
known_orders as (
    select distinct channel as channel, order_id as order_id
    from fact_sales_orders
),
named_orders as (
    select distinct channel as channel, settlement_id as settlement_id, order_id as order_id
    from fact_settle_orders
),
order_counts as (
    select
        n.channel as channel,
        n.settlement_id as settlement_id,
        cast(count(*) as bigint) as orders,
        sum(cast(case when k.order_id is null then 1 else 0 end as bigint)) as unmatched_orders
    from named_orders as n
    left join known_orders as k on k.channel = n.channel and k.order_id = n.order_id
    group by n.channel, n.settlement_id
),
all_settlements as (
    select channel as channel, settlement_id as settlement_id from settlements
    union
    select channel as channel, settlement_id as settlement_id from line_totals
)
select
    a.channel as channel,
    a.settlement_id as settlement_id,
    -- either side may be missing
    coalesce(s.currency, t.currency) as currency,
    s.total as total,
    -- no line is nothing; lines in another currency than the total's have no sum either
    case
        when t.channel is null then coalesce(t.lines_sum, 0)
        when s.currency <> t.currency then null
        else t.lines_sum
    end as lines_sum,
    coalesce(o.orders, 0) as orders,
    coalesce(o.unmatched_orders, 0) as unmatched_orders
from all_settlements as a
left join settlements as s on s.channel = a.channel and s.settlement_id = a.settlement_id
left join line_totals as t on t.channel = a.channel and t.settlement_id = a.settlement_id
left join order_counts as o on o.channel = a.channel and o.settlement_id = a.settlement_id
order by channel, settlement_id
