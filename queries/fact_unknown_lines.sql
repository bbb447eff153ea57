-- fact_unknown_lines: settlement lines of orders that no export of orders has sold, and whether they tell the order whole.
--
-- grain  channel, settlement_id, line
-- reads  settlement_lines, fact_settle_orders, fact_settle_whole, fact_sales_orders, fact_kept_money, fact_refunds, sku_map,
--        calendar, run
-- unit   amount in `currency`, as it moves the balance; quantity in units
-- note   an order is told whole where every sale names its SKU and every SKU its units: then it counts with all its lines
-- note   left_out is 1 for the lines of the others that presuppose a sale: fees without their sale are no loss, and a
--        chargeback that the seller won only gives back a sale that does not count. A reimbursement is income of its own
-- note   was_unpaid is 1 for an order that its export shows as not paid yet, though it was settled and the money stayed:
--        where the settlement tells it whole it was sold, else it is none of these
-- note   a credit note under a number of its own is no unknown order: it counts, and so does what was charged for it
-- note   tax that the settings took out of a price goes back into it where the settlement tells the order's tax itself;
--        tells_tax is 1 for a line of tax, and for a sale that the settings know to be without
with unlisted_orders as (
    select distinct f.channel as channel, f.order_id as order_id, 0 as was_unpaid
    from fact_settle_orders as f
    left join fact_sales_orders as k on k.channel = f.channel and k.order_id = f.order_id
    cross join run as r
    where k.order_id is null and f.posted_day <= r.as_of
    union
    select channel as channel, order_id as order_id, 1 as was_unpaid
    from fact_kept_money
    where was_unpaid = 1
),
unknown_orders as (
    select t.channel as channel, t.order_id as order_id, t.was_unpaid as was_unpaid
    from unlisted_orders as t
    where not exists (
        select 1 as one
        from fact_refunds as k
        where k.credit_note = 1 and k.channel = t.channel and k.order_id = t.order_id
    )
),
unknown_lines as (
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
        l.quantity as quantity,
        l.amount as amount,
        u.was_unpaid as was_unpaid,
        case when l.kind = 'tax_collected' or l.tax_included = false then 1 else 0 end as tells_tax,
        case
            when l.kind <> 'tax_collected' or l.tax_included is null or l.tax_included = false then null
            when l.description = 'tax held by sale' then 'sale'
            when l.description = 'tax held by discount' then 'discount'
            when l.description = 'tax held by shipping_charged' then 'shipping_charged'
            else null
        end as held_by
    from settlement_lines as l
    inner join unknown_orders as u on u.channel = l.channel and u.order_id = l.order_id
    inner join calendar as c on c.day = l.posted_day
    cross join run as r
    left join fact_settle_whole as w
        on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
    -- what a second document tells of a settlement that one tells whole is the same money again
    where l.posted_day <= r.as_of and (w.channel is null or l.whole = true)
),
taxed_orders as (
    select distinct channel as channel, order_id as order_id
    from unknown_lines
    where kind = 'tax_collected' and held_by is null
),
mapped_lines as (
    select
        v.channel as channel,
        v.settlement_id as settlement_id,
        v.line as line,
        v.order_id as order_id,
        coalesce(m.sku, v.stated_sku, v.listed_sku, '(unallocated)') as sku,
        case when t.order_id is null then v.kind else coalesce(v.held_by, v.kind) end as kind,
        v.tells_tax as tells_tax,
        v.was_unpaid as was_unpaid,
        v.posted_day as posted_day,
        v.currency as currency,
        v.quantity as quantity,
        v.amount as amount
    from unknown_lines as v
    left join taxed_orders as t on t.channel = v.channel and t.order_id = v.order_id
    left join sku_map as m on m.channel = v.channel and m.channel_sku = v.listed_sku
    -- the product that the number stood for on that day
    where m.channel is null or (v.posted_day >= m.from_day and v.posted_day <= m.until_day)
),
sold_skus as (
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        coalesce(sum(cast(quantity as bigint)), 0) as units,
        sum(amount) as sold
    from mapped_lines
    where kind = 'sale'
    group by channel, order_id, sku
),
whole_orders as (
    select channel as channel, order_id as order_id
    from sold_skus
    group by channel, order_id
    having min(units) > 0 and min(sold) > 0
        and sum(cast(case when sku = '(unallocated)' then 1 else 0 end as bigint)) = 0
),
bought_orders as (
    select distinct channel as channel, order_id as order_id
    from mapped_lines
    where kind in ('sale', 'refund', 'chargeback')
)
select
    l.channel as channel,
    l.settlement_id as settlement_id,
    l.line as line,
    l.order_id as order_id,
    l.sku as sku,
    l.kind as kind,
    l.posted_day as posted_day,
    l.currency as currency,
    l.quantity as quantity,
    l.amount as amount,
    cast(l.tells_tax as bigint) as tells_tax,
    cast(l.was_unpaid as bigint) as was_unpaid,
    cast(case when w.order_id is null then 0 else 1 end as bigint) as is_whole,
    cast(
        case
            when w.order_id is not null or l.kind = 'reimbursement' then 0
            when b.order_id is not null then 1
            -- a removal, a label or a reimbursement has a number and needs no sale
            when l.kind in ('referral_fee', 'payment_fee') then 1
            else 0
        end as bigint
    ) as left_out
from mapped_lines as l
left join whole_orders as w on w.channel = l.channel and w.order_id = l.order_id
left join bought_orders as b on b.channel = l.channel and b.order_id = l.order_id
where l.was_unpaid = 0 or w.order_id is not null
order by channel, settlement_id, line
