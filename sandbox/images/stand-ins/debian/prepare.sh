#!/bin/sh
# Makes rootfs.tar: a minimal Debian 12 from a Debian mirror, without what containers never read.
# usage: prepare.sh CONTEXT, with the mirror in $DEBIAN_MIRROR (debootstrap's own default when it is empty)
set -eu
context=$1
root=$context/rootfs

# shellcheck disable=SC2086 # an empty mirror is no argument
debootstrap --variant=minbase bookworm "$root" ${DEBIAN_MIRROR:-}

# The same paths as in Debian's "slim" images, for this base and for every package installed on it.
cat > "$root/etc/dpkg/dpkg.cfg.d/slim" <<'END'
path-exclude /usr/share/doc/*
path-exclude /usr/share/info/*
path-exclude /usr/share/lintian/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
END
# Nothing starts a daemon while packages are installed.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
: > "$root/etc/machine-id"
rm -f "$root/etc/resolv.conf" "$root/etc/hostname"

tar -C "$root" --numeric-owner --one-file-system \
  --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --exclude='./tmp/*' --exclude='./run/*' \
  --exclude='./var/cache/*/*' --exclude='./var/lib/apt/lists/*' --exclude='./var/log/*' \
  --exclude='./usr/share/doc/*' --exclude='./usr/share/info/*' --exclude='./usr/share/lintian/*' \
  --exclude='./usr/share/locale/*' --exclude='./usr/share/man/*' \
  -cf "$context/rootfs.tar" .
rm -rf "$root"
