-- fact_refunds: what went back to buyers and what came back sellable, as the channels' return files say.
--
-- grain  channel, order_id, sku, refund_day, currency, tax_included, cumulative, credit_note
-- reads  refund_lines, fact_refund_articles, sku_map
-- unit   amount in `currency`, positive; restocked in units
-- note   cumulative is 1 where the amount is all that went back of the order so far, whoever else tells parts of it
-- note   credit_note is 1 where a document of its own tells it, which counts though its order may be unknown
-- note   tax_included is 1 where the amount holds the tax that the buyer got back
-- note   order_id and currency are empty where the file does not say; sku is then (unallocated)
-- by month
with keyed_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        -- a refund may name the order's line instead of the article
        coalesce(l.channel_sku, l.sku, a.channel_sku, a.sku) as listed_sku,
        coalesce(l.sku, a.sku) as stated_sku,
        l.refund_day as refund_day,
        l.currency as currency,
        l.amount as amount,
        case when l.tax_included then 1 else 0 end as tax_included,
        case when l.cumulative then 1 else 0 end as cumulative,
        case when l.credit_note then 1 else 0 end as credit_note,
        case when l.disposition = 'sellable' then l.quantity else 0 end as restocked
    from refund_lines as l
    left join fact_refund_articles as a
        on a.channel = l.channel and a.refund_id = l.refund_id and a.line_id = l.line_id
),
mapped_lines as (
    select
        k.channel as channel,
        -- an empty text keeps the grain known
        coalesce(k.order_id, '') as order_id,
        coalesce(m.sku, k.stated_sku, k.listed_sku, '(unallocated)') as sku,
        k.refund_day as refund_day,
        coalesce(k.currency, '') as currency,
        k.amount as amount,
        k.tax_included as tax_included,
        k.cumulative as cumulative,
        k.credit_note as credit_note,
        k.restocked as restocked
    from keyed_lines as k
    left join sku_map as m on m.channel = k.channel and m.channel_sku = k.listed_sku
    where m.channel is null or (k.refund_day >= m.from_day and k.refund_day <= m.until_day)
)
select
    channel as channel,
    order_id as order_id,
    sku as sku,
    refund_day as refund_day,
    currency as currency,
    cast(tax_included as bigint) as tax_included,
    cast(cumulative as bigint) as cumulative,
    cast(credit_note as bigint) as credit_note,
    -- a sum over nothing known is no money and no units
    coalesce(sum(amount), 0) as amount,
    coalesce(sum(cast(restocked as bigint)), 0) as restocked,
    sum(cast(case when amount is null then 1 else 0 end as bigint)) as unknown_rows
from mapped_lines
group by channel, order_id, sku, refund_day, currency, tax_included, cumulative, credit_note
order by channel, order_id, sku, refund_day, currency, tax_included, cumulative, credit_note
