package money

// MaxScale is the greatest scale that any number here can have: its power of ten
// still fits an int64.
const MaxScale = 18

// Parts takes an amount apart for storage: coef / 10^scale of a currency. The
// zero value gives zeros.
func (m Money) Parts() (coef int64, scale int, c Currency) { return m.coef, int(m.scale), m.cur }

// FromParts is the reverse of Parts. ok is false for parts that no amount has:
// fewer decimals than the currency, needless zeros beyond them, or a scale above
// MaxScale.
func FromParts(coef int64, scale int, c Currency) (m Money, ok bool) {
	d := c.Digits()
	if scale < d || scale > MaxScale || scale > d && coef%10 == 0 {
		return Money{}, false
	}
	return Money{coef, uint8(scale), c}, true
}

// Parts takes a number apart for storage: coef / 10^scale, in lowest terms.
func (d Decimal) Parts() (coef int64, scale int) { return d.coef, int(d.scale) }

// DecimalFromParts is the reverse of Parts. ok is false for parts that no number
// has: not in lowest terms, or a scale outside 0 to MaxScale.
func DecimalFromParts(coef int64, scale int) (d Decimal, ok bool) {
	if scale < 0 || scale > MaxScale || scale > 0 && coef%10 == 0 {
		return Decimal{}, false
	}
	return Decimal{coef, uint8(scale)}, true
}
