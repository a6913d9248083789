#!/bin/sh
# Makes rootfs.tar: Debian 13 with its PostgreSQL 17, the same user and paths as in the official image.
# usage: prepare.sh CONTEXT, with the mirror in $DEBIAN_MIRROR (debootstrap's own default when it is empty)
set -eu
context=$1
root=$context/rootfs

# shellcheck disable=SC2086 # an empty mirror is no argument
debootstrap --variant=minbase trixie "$root" ${DEBIAN_MIRROR:-}

cat > "$root/etc/dpkg/dpkg.cfg.d/slim" <<'END'
path-exclude /usr/share/doc/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
END
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/etc/postgresql-common"
echo 'create_main_cluster = false' > "$root/etc/postgresql-common/createcluster.conf"
# This machine's way to the mirror, for the one installation below.
cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
chroot "$root" sh -eu <<'END'
export DEBIAN_FRONTEND=noninteractive TMPDIR=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin
# The official image fixes uid and gid 999, and a volume keeps them, so they are made before the package makes its own.
groupadd --system --gid 999 postgres
useradd --system --uid 999 --gid postgres --home-dir /var/lib/postgresql --shell /bin/bash postgres
apt-get update
apt-get install -y --no-install-recommends postgresql-17 pgbackrest
rm -rf /usr/lib/*-linux-gnu/libLLVM* /usr/lib/postgresql/17/lib/bitcode /usr/lib/postgresql/17/lib/llvmjit*
rm -f /etc/ssl/private/ssl-cert-snakeoil.key
install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data
install -d -o postgres -g postgres -m 3777 /var/run/postgresql
END
rm -rf "$root/etc/apt/apt.conf.d"/*
: > "$root/etc/machine-id"
rm -f "$root/etc/resolv.conf" "$root/etc/hostname"

tar -C "$root" --numeric-owner --one-file-system \
  --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --exclude='./tmp/*' --exclude='./run/*' \
  --exclude='./var/cache/*/*' --exclude='./var/lib/apt/lists/*' --exclude='./var/log/*' \
  -cf "$context/rootfs.tar" .
rm -rf "$root"
