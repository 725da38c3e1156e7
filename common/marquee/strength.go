package marquee

// Level is how well a password withstands guessing, from VeryWeak to Strong.
type Level int

// The levels. Only Good and Strong passwords are taken.
const (
	VeryWeak Level = iota + 1
	Weak
	Good
	Strong
)

// Strength is what is known of a new password.
type Strength struct {
	Level Level // 0 if nobody judges, or there is nothing to judge
	// Problem is why it is refused, nil if it is not.
	Problem *FieldError
}
