#!/bin/sh
# Starts the container demo's target: makes its keys once, then becomes sshd.
set -eu
umask 077
[ -f /keys/host ] || ssh-keygen -q -t ed25519 -N '' -C 'demo target' -f /keys/host
[ -f /keys/login ] || ssh-keygen -q -t ed25519 -N '' -C 'sallyport' -f /keys/login
exec /usr/sbin/sshd -D -e -f /dev/null -p 2222 -h /keys/host \
  -o PidFile=none \
  -o AuthorizedKeysFile=/keys/login.pub \
  -o StrictModes=no \
  -o UsePAM=no \
  -o PasswordAuthentication=no \
  -o KbdInteractiveAuthentication=no \
  -o AllowAgentForwarding=no \
  -o AllowTcpForwarding=no
