-- fact_settle_orders: which orders a settlement names, whether it holds their shipping label, and what else.
--
-- grain  channel, settlement_id, order_id, currency, posted_day
-- reads  settlement_lines, fact_settle_whole, calendar
-- unit   labels, others and articles in settlement lines, articles being sales that name one; sold is what the sale lines
--        come to in `currency`, paid the same with discounts, shipping and tax; net the same without tax, and tax_told what
--        of it the settlement tells itself, which leaves out what the settings took out of prices; tax_off what tax
--        goes off, with a refund or a promotion; refunds in settlement lines
-- by month
select
    l.channel as channel,
    l.settlement_id as settlement_id,
    l.order_id as order_id,
    l.currency as currency,
    l.posted_day as posted_day,
    sum(cast(case when l.kind = 'shipping_label' then 1 else 0 end as bigint)) as labels,
    sum(cast(case when l.kind = 'shipping_label' then 0 else 1 end as bigint)) as others,
    sum(cast(case when l.kind = 'sale' and coalesce(l.sku, l.channel_sku) is not null then 1 else 0 end as bigint)) as articles,
    coalesce(sum(case when l.kind = 'sale' then l.amount else null end), 0) as sold,
    coalesce(sum(case when l.kind in ('sale', 'discount', 'shipping_charged', 'tax_collected') then l.amount else null end), 0) as paid,
    coalesce(
        sum(
            case
                when l.kind in ('sale', 'discount', 'shipping_charged') then l.amount
                when l.kind = 'tax_collected' and l.tax_included = true then l.amount
                else null
            end
        ), 0
    ) as net,
    coalesce(
        sum(case when l.kind = 'tax_collected' and coalesce(l.tax_included, false) = false then l.amount else null end), 0
    ) as tax_told,
    coalesce(sum(case when l.kind = 'tax_collected' and l.amount < 0 then l.amount else null end), 0) as tax_off,
    sum(cast(case when l.kind = 'refund' then 1 else 0 end as bigint)) as refunds
from settlement_lines as l
inner join calendar as c on c.day = l.posted_day
left join fact_settle_whole as w
    on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
where l.order_id is not null and (w.channel is null or l.whole = true)
group by l.channel, l.settlement_id, l.order_id, l.currency, l.posted_day
order by channel, settlement_id, order_id, currency, posted_day
