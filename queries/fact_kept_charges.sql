-- fact_kept_charges: what settlements took for orders of which the money that stayed does not count.
--
-- grain  channel, settlement_id, line
-- reads  mart_kept_money, fact_unsold_charges, settlement_lines, fact_settle_whole, calendar, sku_map, run
-- unit   amount in `currency`, as it moves the balance
-- note   an order counts whole or not at all: charges without their sale are no loss. A reimbursement and what a
--        liquidator paid are income of their own
with kept_orders as (
    select distinct channel as channel, order_id as order_id
    from mart_kept_money
),
kept_charges as (
    select
        l.channel as channel,
        l.settlement_id as settlement_id,
        l.line as line,
        l.order_id as order_id,
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.kind as kind,
        l.posted_day as posted_day,
        l.currency as currency,
        l.amount as amount
    from settlement_lines as l
    inner join kept_orders as k on k.channel = l.channel and k.order_id = l.order_id
    inner join calendar as c on c.day = l.posted_day
    cross join run as r
    left join fact_settle_whole as w
        on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
    left join fact_unsold_charges as u
        on u.channel = l.channel and u.settlement_id = l.settlement_id and u.line = l.line
    where l.posted_day <= r.as_of and (w.channel is null or l.whole = true) and u.line is null
        and l.kind not in (
            'sale', 'refund', 'discount', 'shipping_charged', 'tax_collected', 'tax_withheld', 'balance', 'reserve',
            'payout', 'reimbursement', 'liquidation'
        )
)
select
    k.channel as channel,
    k.settlement_id as settlement_id,
    k.line as line,
    k.order_id as order_id,
    coalesce(m.sku, k.stated_sku, k.listed_sku, '(unallocated)') as sku,
    k.kind as kind,
    k.posted_day as posted_day,
    k.currency as currency,
    k.amount as amount
from kept_charges as k
left join sku_map as m on m.channel = k.channel and m.channel_sku = k.listed_sku
where m.channel is null or (k.posted_day >= m.from_day and k.posted_day <= m.until_day)
order by channel, settlement_id, line
