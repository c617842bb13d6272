package ledger

import "prorata/invoicing/money"

// currencies are those with a number of their own in blobs, which is their place
// here plus two: the vendor's billing currencies, the most frequent first. The
// list is part of the format: it only grows, at its end. 0 is no currency; any
// other than these is 1 and its three letters.
var currencies = func(codes ...string) (list []money.Currency) {
	for _, code := range codes {
		list = append(list, money.MustCurrency(code))
	}
	return list
}("USD", "EUR", "SEK", "GBP", "NOK", "DKK", "CHF", "JPY", "AUD", "CAD", "NZD", "INR", "KRW", "TWD", "BRL", "CNY", "PLN")

const (
	noCurrency = iota
	spelledOut
	listed
)

func currencyNumber(x money.Currency) uint64 {
	for i, l := range currencies {
		if x == l {
			return listed + uint64(i)
		}
	}
	if x.IsZero() {
		return noCurrency
	}
	return spelledOut
}

// putLetters follows the number of a currency.
func (c *codec) putLetters(n uint64, x money.Currency) {
	if n == spelledOut {
		c.out = append(c.out, x.String()...)
	}
}

// getCurrency reads what follows the number of a currency.
func (c *codec) getCurrency(n uint64) money.Currency {
	switch {
	case n == noCurrency:
		return money.Currency{}
	case n >= listed && n-listed < uint64(len(currencies)):
		return currencies[n-listed]
	case n == spelledOut && len(c.in)-c.at >= 3:
		if x, err := money.ParseCurrency(c.in[c.at : c.at+3]); err == nil {
			c.at += 3
			return x
		}
	}
	c.fail("a currency is not known")
	return money.Currency{}
}

func (c *codec) currency(p *money.Currency) {
	if c.writing {
		n := currencyNumber(*p)
		c.put(n)
		c.putLetters(n, *p)
		return
	}
	*p = c.getCurrency(c.get())
}

// money is 0 for none, else 1 + (the currency's number<<1 | whether there are
// more decimals than the currency's), the scale if there are, and the
// coefficient.
func (c *codec) money(p *money.Money) {
	if c.writing {
		c.putMoney(*p)
		return
	}
	*p = c.getMoney()
}

func (c *codec) putMoney(m money.Money) {
	if m == (money.Money{}) {
		c.put(0)
		return
	}
	coef, scale, cur := m.Parts()
	n := currencyNumber(cur)
	head := n << 1
	if scale != cur.Digits() {
		head |= 1
	}
	c.put(head + 1)
	c.putLetters(n, cur)
	if head&1 == 1 {
		c.put(uint64(scale))
	}
	c.put(zigzag(coef))
}

func (c *codec) getMoney() money.Money {
	head := c.get()
	if head == 0 {
		return money.Money{}
	}
	head--
	cur := c.getCurrency(head >> 1)
	scale := uint64(cur.Digits())
	if head&1 == 1 {
		scale = c.get()
	}
	coef := unzigzag(c.get())
	m, ok := money.FromParts(coef, int(min(scale, money.MaxScale+1)), cur)
	if !ok {
		c.fail("an amount is none of its currency")
	}
	return m
}

// decimal is the coefficient and, unless that is 0, the scale.
func (c *codec) decimal(p *money.Decimal) {
	if c.writing {
		coef, scale := p.Parts()
		c.put(zigzag(coef))
		if coef != 0 {
			c.put(uint64(scale))
		}
		return
	}
	coef, scale := unzigzag(c.get()), uint64(0)
	if coef != 0 {
		scale = c.get()
	}
	d, ok := money.DecimalFromParts(coef, int(min(scale, money.MaxScale+1)))
	if !ok {
		c.fail("a number is not in lowest terms")
	}
	*p = d
}

func (c *codec) share(p *money.Share) {
	c.money(&p.Of)
	c.int64(&p.Num)
	c.int64(&p.Den)
}
