-- fact_order_totals: what documents say their orders come to, against the orders' own lines.
--
-- grain  month, channel, source_file, state, order_id, currency
-- reads  fact_sales_orders, orders, calendar
-- unit   order_count in orders; total, lines_sum and difference in `currency`
-- note   state is tied, differs or untold: the document states no total, or a line has no price. Only an order that
--        differs has its order_id; the others are counted together
-- note   an order of which every line was cancelled or never paid has nothing to hold its total against and is left out;
--        where some were, the total may or may not hold them
-- by month
with compared as (
    select
        c.month as month,
        s.channel as channel,
        s.source_file as source_file,
        s.order_id as order_id,
        s.currency as currency,
        case
            when s.unpriced_line_count > 0 or s.currency_count > 1 then null
            else o.total
        end as total,
        case
            when o.total_of = 'goods' then s.goods
            when o.total_of = 'without_tax' then s.comes_to
            else s.comes_to + s.tax
        end as lines_sum,
        s.dropped as dropped,
        s.live_line_count as live_line_count
    from fact_sales_orders as s
    inner join calendar as c on c.day = s.order_day
    left join orders as o on o.channel = s.channel and o.order_id = s.order_id and o.order_day = s.order_day
        and o.currency = s.currency
    where s.dropped_line_count < s.order_line_count
),
judged as (
    select
        month as month,
        channel as channel,
        source_file as source_file,
        case
            when total is null then 'untold'
            when total = lines_sum or total = lines_sum + dropped then 'tied'
            -- of a cancelled order something was kept: its total is that of what was cancelled
            when live_line_count = 0 and total = dropped then 'tied'
            else 'differs'
        end as state,
        order_id as order_id,
        currency as currency,
        total as total,
        lines_sum as lines_sum
    from compared
),
placed as (
    select
        month as month,
        channel as channel,
        source_file as source_file,
        state as state,
        case when state = 'differs' then order_id else '' end as order_id,
        currency as currency,
        case when state = 'untold' then null else total end as total,
        lines_sum as lines_sum
    from judged
)
select
    month as month,
    channel as channel,
    source_file as source_file,
    state as state,
    order_id as order_id,
    currency as currency,
    cast(count(*) as bigint) as order_count,
    sum(total) as total,
    sum(lines_sum) as lines_sum
from placed
group by month, channel, source_file, state, order_id, currency
order by month, channel, source_file, state, order_id, currency
