package marquee

import (
	"context"
	"time"
)

// DeviceAuthorization is what a client gets that wants to be let in from
// another one (RFC 8628 section 3.2). It shows everything but DeviceCode.
type DeviceAuthorization struct {
	DeviceCode string `json:"device_code"`
	// UserCode is what the person types, such as "WDJB-MJHT".
	UserCode                string `json:"user_code"`
	VerificationURI         string `json:"verification_uri"`
	VerificationURIComplete string `json:"verification_uri_complete"`
	// Number is two digits that the person who approves sees as well, and
	// compares: another one means that somebody else's device is asking.
	Number    string `json:"number"`
	ExpiresIn int    `json:"expires_in"` // seconds
	Interval  int    `json:"interval"`   // seconds between two questions
}

// DeviceRequest is a device that asks to be let in, as the person sees it who
// may do so.
type DeviceRequest struct {
	UserCode string    `json:"user_code"`
	Number   string    `json:"number"`
	Client   string    `json:"client"`
	Address  string    `json:"address"`
	Agent    string    `json:"agent"`
	AskedAt  time.Time `json:"asked_at"`
	// EndsThisSession says that letting it in signs the approver out here: no
	// more sessions are allowed.
	EndsThisSession bool `json:"ends_this_session"`
}

// The states of a device that asks (RFC 8628 section 3.5).
const (
	DevicePending  = ""
	DeviceApproved = "approved"
	DeviceRefused  = "refused"
)

// DeviceService lets one session open another (RFC 8628). The same holds of
// its methods as of those of AuthService.
type DeviceService interface {
	// AskDevice begins. CodeTooManyRequests.
	AskDevice(ctx context.Context, o Origin) (DeviceAuthorization, error)
	// LoginDevice opens the session once it was approved.
	// CodeAuthorizationPending and CodeSlowDown until somebody answers,
	// CodeAccessDenied, CodeExpiredToken, CodeInvalidGrant,
	// CodeTooManyRequests.
	LoginDevice(ctx context.Context, deviceCode string, o Origin) (Tokens, error)
	// DeviceRequest returns who asks by a user code. CodeNotFound,
	// CodeTooManyRequests.
	DeviceRequest(ctx context.Context, userCode string, o Origin) (DeviceRequest, error)
	// AnswerDevice lets it in or refuses it. CodeNotFound, CodeTooManyRequests;
	// to let it in CodeStepUpRequired and CodeStepUpRefused.
	AnswerDevice(ctx context.Context, userCode string, approve bool, o Origin) error
}
