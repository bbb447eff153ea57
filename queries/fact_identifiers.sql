-- fact_identifiers: every pair of channel number and SKU that exports name, for `catalog` to map.
--
-- grain  month, channel, channel_sku, sku
-- reads  order_lines, refund_lines, settlement_lines, channel_stock, calendar
-- note   channel_sku or sku is empty text where the export does not know it, never both
-- by month

with seen as (
    select
        channel as channel,
        channel_sku as channel_sku,
        sku as sku,
        order_day as seen_day
    from order_lines
    where kind in ('article', 'giveaway')

    union all

    select
        channel as channel,
        channel_sku as channel_sku,
        sku as sku,
        refund_day as seen_day
    from refund_lines

    union all

    select
        channel as channel,
        channel_sku as channel_sku,
        sku as sku,
        posted_day as seen_day
    from settlement_lines

    union all

    select
        channel as channel,
        channel_sku as channel_sku,
        sku as sku,
        reported_day as seen_day
    from channel_stock
)

select
    calendar.month as month,
    seen.channel as channel,
    coalesce(seen.channel_sku, '') as channel_sku,
    coalesce(seen.sku, '') as sku
from seen
inner join calendar on seen.seen_day = calendar.day
where seen.channel_sku is not null or seen.sku is not null
group by calendar.month, seen.channel, seen.channel_sku, seen.sku
order by month, channel, channel_sku, sku
