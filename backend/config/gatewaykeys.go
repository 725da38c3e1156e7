package config

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// GatewayKey is the key of a trusted SSH server and where it may call from;
// no networks mean anywhere.
type GatewayKey struct {
	Key  ed25519.PublicKey
	From []netip.Prefix
}

// resolveGateways reads SSH_GATEWAY_KEYS.
func resolveGateways(c *Config, _ map[string]string) (err error) {
	if c.SSHGatewayKeys == "" {
		return nil
	}
	if c.GatewayKeys, err = ReadGatewayKeys(c.SSHGatewayKeys); err != nil || len(c.GatewayKeys) == 0 {
		return wantFor("SSH_GATEWAY_KEYS", "gateway_keys")
	}
	return nil
}

// ReadGatewayKeys reads a file of authorized_keys lines (sshd(8)): Ed25519
// keys, each with at most the option from. Any other option would ask for
// something that is not done here, and is an error.
func ReadGatewayKeys(path string) ([]GatewayKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keys of SSH servers: %w", err)
	}
	var keys []GatewayKey
	for text = bytes.TrimSpace(text); len(text) > 0; text = bytes.TrimSpace(text) {
		var k GatewayKey
		key, _, options, rest, err := ssh.ParseAuthorizedKey(text)
		if err == nil {
			k, err = gatewayKey(key, options)
		}
		if err != nil {
			return nil, fmt.Errorf("keys of SSH servers: %s: %w", path, err)
		}
		keys, text = append(keys, k), rest
	}
	return keys, nil
}

func gatewayKey(key ssh.PublicKey, options []string) (k GatewayKey, err error) {
	if public, ok := key.(ssh.CryptoPublicKey); ok {
		k.Key, _ = public.CryptoPublicKey().(ed25519.PublicKey)
	}
	if k.Key == nil || key.Type() != ssh.KeyAlgoED25519 {
		return k, errors.New("a key that is not ssh-ed25519")
	}
	for _, option := range options {
		from, ok := strings.CutPrefix(option, "from=")
		if !ok {
			return k, errors.New("an option that is not from")
		}
		for _, text := range commas(strings.Trim(from, `"`)) {
			p, err := netip.ParsePrefix(text)
			if err != nil {
				ip, err := netip.ParseAddr(text)
				if err != nil {
					return k, errors.New("from names what is no network")
				}
				p = netip.PrefixFrom(ip, ip.BitLen())
			}
			k.From = append(k.From, p.Masked())
		}
		if len(k.From) == 0 {
			return k, errors.New("from names nothing")
		}
	}
	return k, nil
}
