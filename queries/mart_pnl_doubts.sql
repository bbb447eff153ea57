-- mart_pnl_doubts: amounts that documents tell and of which something is missing to count them.
--
-- grain  doubt, channel, currency
-- reads  fact_liquidations, fact_unsold_charges, mart_kept_money, run
-- unit   amount in `currency`, positive; row_count in rows of the facts
-- note   doubt is liquidated (units that a liquidator took are not told, so their cost is left out), unsold_charge (a list
--        of orders tells a charge of a line that was not sold: left out) or kept (what was paid for an order that was
--        cancelled stayed, and nothing tells why: left out)
with doubts as (
    select
        'liquidated' as doubt,
        channel as channel,
        currency as currency,
        posted_day as day,
        amount as amount
    from fact_liquidations
    where amount > 0 and (units <= 0 or sku = '(unallocated)')
    union all
    select
        'unsold_charge' as doubt,
        channel as channel,
        currency as currency,
        posted_day as day,
        -amount as amount
    from fact_unsold_charges
    union all
    select
        'kept' as doubt,
        k.channel as channel,
        k.currency as currency,
        r.as_of as day,
        k.amount as amount
    from mart_kept_money as k
    cross join run as r
)
select
    d.doubt as doubt,
    d.channel as channel,
    d.currency as currency,
    cast(count(*) as bigint) as row_count,
    sum(d.amount) as amount
from doubts as d
cross join run as r
where d.day <= r.as_of
group by d.doubt, d.channel, d.currency
order by doubt, channel, currency
