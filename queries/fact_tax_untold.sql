-- fact_tax_untold: what was sold per day of which no file tells the tax.
--
-- grain  channel, currency, order_day
-- reads  order_lines, fact_lone_wraps
-- unit   amount in `currency`: goods less discounts, with what is paid for sending and packing them, as the files tell it
-- by month
select
    l.channel as channel,
    l.currency as currency,
    l.order_day as order_day,
    sum(
        case when l.gross is null then l.unit_price * cast(l.quantity as bigint) else l.gross end
        -- what a file leaves empty took nothing off and added nothing
        - coalesce(l.discount, 0)
        + coalesce(l.shipping_charged, 0)
    ) as amount
from order_lines as l
left join fact_lone_wraps as w on w.channel = l.channel and w.order_id = l.order_id
where l.tax is null and w.order_id is null
    and l.status not in ('cancelled', 'unpaid')
    and l.fulfilment <> 'other_channel'
    and l.kind in ('article', 'giveaway', 'gift_wrap', 'handling', 'insurance')
group by l.channel, l.currency, l.order_day
order by channel, currency, order_day
