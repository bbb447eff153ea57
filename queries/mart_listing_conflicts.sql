-- mart_listing_conflicts: listings whose number stands for more than one SKU at once.
--
-- grain  channel, channel_sku, sku
-- reads  aliases, run
with in_force as (
    select
        a.channel as channel,
        a.channel_sku as channel_sku,
        a.sku as sku
    from aliases as a
    cross join run as r
    where a."from" <= r.as_of and (a."until" is null or a."until" >= r.as_of)
    group by a.channel, a.channel_sku, a.sku
),
ambiguous as (
    select
        channel as channel,
        channel_sku as channel_sku,
        cast(count(*) as bigint) as skus
    from in_force
    group by channel, channel_sku
)
select
    f.channel as channel,
    f.channel_sku as channel_sku,
    f.sku as sku
from in_force as f
inner join ambiguous as a on a.channel = f.channel and a.channel_sku = f.channel_sku
where a.skus > 1
order by channel, channel_sku, sku
