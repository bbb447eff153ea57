-- What do the exports say that each channel sold and paid? By what the layouts' documents say of their
-- columns: a row per month, channel and line of the statement. Money is text in the files; here it is
-- whole cents. The last column tells whether a part was converted.

create macro cents(text) as cast(round(coalesce(try_cast(replace(text, ',', '.') as decimal(18, 4)), 0) * 100) as hugeint);
create macro moment(text, dates) as cast(case when dates = 'dmy'
    then coalesce(try_strptime(text, '%d/%m/%Y %I:%M:%S %p'), try_strptime(text, '%d/%m/%Y %H:%M:%S'))
    else coalesce(try_strptime(text, '%m/%d/%Y %I:%M:%S %p'), try_strptime(text, '%m/%d/%Y %H:%M:%S')) end as date);
create macro half_away(n, d) as sign(n) * ((abs(n) + d // 2) // d);
create macro goods_of(refunded, goods, tax) as
    sign(refunded) * ((2 * abs(refunded) * goods + goods + tax) // (2 * (goods + tax)));

create table amounts (channel varchar, day date, sku varchar, line varchar, currency varchar, amount hugeint);
-- What went back, tax and all where `taxed`, and what its order came to.
create table refunds (
    channel varchar, order_id varchar, day date, teller varchar, currency varchar, amount hugeint, taxed boolean);
create table comes_to (channel varchar, order_id varchar, currency varchar, goods hugeint, tax hugeint);

-- Shopify. Money of an order stands on its first row; prices hold the tax where subtotal and shipping
-- come to the total without it. A later download tells the newer state.
create table shopify as
with downloads as (
    select channel, file, Name, max(coalesce("Cancelled at", '') || coalesce("Fulfilled at", '')) as state
    from shopify_orders group by all
),
newest as (
    select channel, Name, arg_max(file, state) as file from downloads group by all
)
select channel, Name, cast("Lineitem quantity" as hugeint) as units, cast(row as integer) as row,
       cents("Lineitem price") * cast("Lineitem quantity" as hugeint) as listed, "Lineitem taxable" = 'true' as taxable,
       case when "Lineitem sku" is null and "Lineitem name" = 'Tip' then 'tip'
            when "Lineitem sku" is null and regexp_matches("Lineitem name", '(?i)gift card|gutschein') then 'card'
            else 'goods' end as kind,
       first_value(Currency) over one as money, first_value("Financial Status") over one as paid,
       first_value("Cancelled at") over one is not null as cancelled,
       cast(left(first_value("Created at") over one, 10) as date) as day,
       greatest(day, cast(left(first_value("Paid at") over one, 10) as date),
                cast(left(first_value("Fulfilled at") over one, 10) as date),
                cast(left(first_value("Cancelled at") over one, 10) as date)) as told_on,
       cents(first_value(Subtotal) over one) as subtotalled, cents(first_value(Shipping) over one) as parcel,
       cents(first_value(Taxes) over one) as tax, cents(first_value(Total) over one) as due,
       cents(first_value("Discount Amount") over one) as discount, cents(first_value("Refunded Amount") over one) as refunded
from shopify_orders join newest using (channel, Name, file)
where try_cast("Lineitem price" as decimal(18, 2)) is not null
window one as (partition by channel, Name order by cast(row as integer) rows between unbounded preceding and current row);
-- A line that an edit took out: without it the lines come to the subtotal.
create table taken_out as
select channel, Name, max(row) as row
from (
    select *, sum(listed) filter (where kind != 'tip') over (partition by channel, Name) as all_listed from shopify
)
where all_listed - discount != subtotalled and all_listed - listed - discount = subtotalled
group by all;
create table shopify_sums as
select channel, Name, any_value(money) as money, any_value(day) as day, any_value(told_on) as told_on,
       any_value(cancelled) as cancelled, any_value(paid) as paid, any_value(tax) as tax, any_value(refunded) as refunded,
       any_value(due) as due, any_value(discount) as discount, any_value(parcel) as parcel,
       coalesce(sum(units) filter (where kind = 'goods'), 0) as units,
       coalesce(sum(listed) filter (where kind = 'goods'), 0) as listed,
       coalesce(sum(listed) filter (where kind = 'tip'), 0) as tips,
       coalesce(sum(listed) filter (where kind = 'card'), 0) as cards,
       coalesce(sum(listed) filter (where taxable), 0) - any_value(discount) + any_value(parcel) as taxed,
       any_value(tax) > 0 and abs(any_value(subtotalled + parcel) + tips - any_value(due))
           < abs(any_value(subtotalled + parcel + tax) + tips - any_value(due)) as held
from shopify anti join taken_out using (channel, Name, row) group by channel, Name;
create macro untaxed(amount, tax, taxed, held) as
    amount - case when held and taxed > 0 then half_away(amount * tax, taxed) else 0 end;
insert into amounts
select channel, day, 'order ' || Name, unnest(['gross_sales', 'discounts', 'shipping_charged', 'other_income', 'units']), money,
       unnest([untaxed(listed, tax, taxed, held), untaxed(discount, tax, taxed, held), untaxed(parcel, tax, taxed, held), tips, units])
from shopify_sums where not cancelled and paid not in ('voided', 'expired', 'pending');
-- what was kept of a cancelled order
insert into amounts
select channel, day, 'order ' || Name, 'other_income', money, untaxed(due - refunded, tax, taxed, held)
from shopify_sums where cancelled and paid = 'partially_refunded';
insert into comes_to
select channel, Name, money, listed - discount + parcel + tips - case when held then tax else 0 end, tax + cards
from shopify_sums where not cancelled and paid not in ('voided', 'expired', 'pending');
insert into refunds
select channel, Name, told_on, 'order', money, refunded, true from shopify_sums where refunded > 0
union all
select channel, "Order", cast(left("Transaction Date", 10) as date), 'settlement', Currency, -cents(Amount), true
from shopify_payments where Type = 'refund';
insert into amounts
select channel, cast(left("Transaction Date", 10) as date), '', 'payment_fees', Currency, cents(Fee) from shopify_payments;

-- Amazon. `item-price` is that of the whole line; outside North America it holds `item-tax`.
create table amazon as
select * exclude (state), cast(timezone(zone, cast("purchase-date" as timestamptz)) as date) as day,
       "sales-channel" not in ('Amazon.com', 'Amazon.ca', 'Amazon.com.mx') as held
from (
    select o.*, c.zone, row_number() over (partition by channel, "amazon-order-id", "order-item-id"
                                           order by "last-updated-date" desc) as state
    from amazon_orders o join channels c using (channel)
)
where state = 1 and "item-status" != 'Cancelled' and "sales-channel" not like 'Non-Amazon%';
insert into amounts
select channel, day, sku, unnest(['gross_sales', 'discounts', 'shipping_charged', 'units']), coalesce(currency, (select home from shop)),
       unnest([price - price_tax, item_off - half_away(item_off * price_tax, greatest(price, 1)), shipped - shipped_tax - ship_off,
               cast(quantity as hugeint)])
from (
    select *, cents("item-price") as price, case when held then cents("item-tax") else 0 end as price_tax,
           cents("item-promotion-discount") as item_off, cents("ship-promotion-discount") as ship_off,
           cents("shipping-price") + cents("gift-wrap-price") as shipped,
           case when held then cents("shipping-tax") + cents("gift-wrap-tax") else 0 end as shipped_tax
    from amazon
);
create table amazon_lines as
select s.*, "order-id" as order_id, cents(amount) as moved,
       cast(timezone(zone, timezone('UTC', coalesce(
           try_strptime(replace("posted-date-time", ' UTC', ''), '%d.%m.%Y %H:%M:%S'),
           try_strptime(replace("posted-date-time", ' UTC', ''), '%Y-%m-%d %H:%M:%S')))) as date) as day,
       case when "transaction-type" = 'Refund' and "amount-description" in ('Principal', 'Shipping') then 'refunds'
            when "amount-description" in ('Commission', 'RefundCommission') then 'referral_fees'
            when "amount-description" in ('FBAPerUnitFulfillmentFee', 'LowInventoryLevelFee') then 'fulfilment_fees'
            when 'Cost of Advertising' in ("amount-type", "amount-description") then 'advertising'
            when "amount-type" = 'FBA Inventory Storage Fee' or "amount-description" = 'Storage Fee' then 'storage_fees'
            when "amount-description" = 'Subscription Fee' then 'other_fees'
            when "amount-description" = 'WAREHOUSE_DAMAGE' then 'reimbursements'
            when "transaction-type" = 'Order' and "amount-type" = 'ItemPrice' and "amount-description" = 'Principal' then 'sale'
       end as line
from amazon_settlements s join channels c using (channel) where amount is not null;
insert into refunds
select channel, order_id, day, 'settlement', currency, -moved, false from amazon_lines l where line = 'refunds'
and exists (from amazon a where a.channel = l.channel and a."amazon-order-id" = l.order_id);
insert into amounts
select channel, day, sku, line, currency, case when line = 'reimbursements' then moved else -moved end
from amazon_lines where line not in ('refunds', 'sale');
-- an order that only the settlement knows counts by it
insert into amounts
select channel, day, sku, unnest(['gross_sales', 'units']), currency, unnest([moved, cast("quantity-purchased" as hugeint)])
from amazon_lines l where line = 'sale'
and not exists (from amazon_orders a where a.channel = l.channel and a."amazon-order-id" = l.order_id);

-- TikTok Shop. Money of an order stands on each of its rows.
create table tiktok as
select o.*, c.currency as money, c.price_tax as rate,
       moment("Created Time", c.dates) as day, moment("Delivered Time", c.dates) as delivered
from tiktok_orders o join channels c using (channel)
where "Order Status" in ('Completed', 'Shipped', 'To ship', 'Delivered', 'In transit');
insert into amounts
select channel, day, "Seller SKU", unnest(['gross_sales', 'discounts', 'units']), money,
       unnest([half_away(cents("SKU Subtotal Before Discount") * 100, cast(100 + rate as hugeint)),
               half_away(cents("SKU Seller Discount") * 100, cast(100 + rate as hugeint)), cast(Quantity as hugeint)])
from tiktok;
insert into amounts
select channel, any_value(day), 'order ' || "Order ID", 'shipping_charged', any_value(money),
       half_away(cents(any_value("Shipping Fee After Discount")) * 100, cast(100 + any_value(rate) as hugeint))
from tiktok group by channel, "Order ID";
insert into comes_to
select channel, order_id, money, half_away(paid * 100, 100 + rate), tax + paid - half_away(paid * 100, 100 + rate)
from (
    select channel, "Order ID" as order_id, any_value(money) as money, cast(any_value(rate) as hugeint) as rate,
           sum(cents("SKU Subtotal Before Discount") - cents("SKU Seller Discount"))
               + cents(any_value("Shipping Fee After Discount")) as paid,
           cents(any_value(Taxes)) as tax
    from tiktok group by channel, "Order ID"
);
insert into refunds
select channel, "Order ID", max(greatest(day, delivered)), 'order', any_value(money), cents(any_value("Order Refund Amount")), true
from tiktok group by channel, "Order ID"
union all
select channel, "Order/adjustment ID", strptime("Order settled time", '%Y/%m/%d'), 'settlement', Currency,
       -cents("Refund subtotal after seller discounts"), false
from tiktok_income where Type in ('Order', 'Refund') and cents("Refund subtotal after seller discounts") != 0;
insert into amounts
select channel, strptime("Order settled time", '%Y/%m/%d'), '',
       unnest(['payment_fees', 'referral_fees', 'shipping_paid', 'advertising']), Currency,
       unnest([-cents("Transaction fee"), -cents("TikTok Shop commission fee"), -cents("Seller shipping fee"),
               case when Type in ('Order', 'Refund') then -cents("Affiliate Commission") else -cents("Total settlement amount") end])
from tiktok_income where Type in ('Order', 'Refund') or Type like '%TikTok Ads';

-- What advertising cost beside the settlements.
insert into amounts
select channel, cast(day as date), coalesce(sku, ''), 'advertising', currency, cents(amount) from spent
where in_settlement is distinct from 'true';

-- The wholesale portal: decimal commas, days first.
insert into amounts
select channel, day, Item, unnest(['gross_sales', 'discounts', 'shipping_charged', 'units']), (select home from shop),
       unnest([cents(Amount), cents(Rebate), cents(Carriage), cast(Qty as hugeint)])
from (
    select *, cast(strptime(Ordered, '%d/%m/%Y %H:%M:%S') as date) as day,
           row_number() over (partition by "Order No", Pos order by strptime(Changed, '%d/%m/%Y %H:%M:%S') desc nulls last) as place
    from portal
)
where place = 1 and State != 'void';

-- Of an order's refunds every amount counts once: what was settled, and what its own total has more.
insert into amounts
with known as (
    select r.*, c.goods, c.tax,
           sum(r.amount) over (partition by r.channel, r.order_id, r.teller order by r.day rows unbounded preceding) as so_far
    from refunds r left join comes_to c using (channel, order_id)
    where c.channel is not null or not taxed
),
nets as (
    select *, case when taxed and tax > 0 and goods >= 0 then goods_of(so_far, goods, tax) - goods_of(so_far - amount, goods, tax)
                   else amount end as net
    from known
),
sums as (
    select channel, order_id, coalesce(sum(net) filter (where teller = 'settlement'), 0) as settled,
           coalesce(sum(net) filter (where teller = 'order'), 0) as total
    from nets group by all
)
select channel, day, 'order ' || order_id, 'refunds', currency, net from nets where teller = 'settlement'
union all
select channel, n.day, 'order ' || order_id, 'refunds', n.currency, total - settled
from sums s join nets n using (channel, order_id) where n.teller = 'order' and total - settled > 2;

with days as (
    select channel, day, sku, line, currency, sum(amount) as amount from amounts
    where day <= (select as_of from shop) group by all
),
homes as (
    select *, case when line = 'units' or currency = (select home from shop) or amount = 0 then amount else (
        select half_away(d.amount * cast(cast(x.rate as decimal(18, 6)) * 1000000 as hugeint), 1000000)
        from rates x where x.currency = d.currency and x."into" = (select home from shop)
          and cast(x.day as date) between d.day - 7 and d.day order by x.day desc limit 1) end as home
    from days d
)
select strftime(day, '%Y-%m') as month, channel, line, sum(home), coalesce(bool_or(currency != (select home from shop)), false)
from homes group by all order by all;
