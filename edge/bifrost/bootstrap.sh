#!/usr/bin/env bash
# Brings the edge up, service by service. Safe to run again: what runs already stays as it is.
set -euo pipefail
umask 077
cd "$(dirname "$(readlink -f "$0")")"

readonly FILLED=/var/lib/bifrost/netbird.yaml

log() { printf '%s [bifrost] %s\n' "$(date -u +%FT%TZ)" "$*"; }
fail() {
    log "error: $*"
    exit 1
}

# The value of a variable in a file of variables; nothing when it is not there. Never log what this prints.
value() {
    python3 - "$1" "$2" <<'PYTHON'
import sys
path, name = sys.argv[1:]
for line in open(path, encoding="utf-8"):
    key, separator, text = line.rstrip("\n").partition("=")
    if separator and key.strip() == name:
        if len(text) > 1 and text[0] == text[-1] == "'":
            text = text[1:-1].replace("\\'", "'")
        print(text, end="")
PYTHON
}

has() { [ -n "$(value "$1" "$2")" ]; }

# Waits until a container runs and, if it has a health check, is healthy.
wait_for() {
    local name=$1 limit=${2:-120} waited=0 state
    while :; do
        state=$(docker inspect -f '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$name" 2>/dev/null || true)
        case $state in
            "running " | "running healthy") return ;;
        esac
        if [ "$waited" -ge "$limit" ]; then
            docker logs --tail 30 "$name" 2>&1 || true
            fail "$name is not up after ${limit}s (${state:-not there})"
        fi
        sleep 5
        waited=$((waited + 5))
    done
}

start() {
    log "starting $*"
    docker compose up -d --no-deps "$@"
}

log "1/7 before anything starts"
if command -v cloud-init >/dev/null; then
    cloud-init status --wait >/dev/null || log "cloud-init reported a failure; going on"
fi
docker compose version >/dev/null || fail "Docker Compose is not installed"
missing=()
for name in CF_DNS_API_TOKEN NB_DATA_STORE_KEY NB_RELAY_SECRET AUTHENTIK_BOOTSTRAP_TOKEN NB_OWNER_PASSWORD; do
    has .secrets.env "$name" || missing+=("$name")
done
[ ${#missing[@]} -eq 0 ] || fail "not in .secrets.env: ${missing[*]}"

log "2/7 Traefik"
start traefik
wait_for traefik 60

log "3/7 Authentik"
start authentik-postgres
wait_for authentik-postgres
start authentik-server authentik-worker
wait_for authentik-server 300

log "4/7 configuration of NetBird"
install -d -m 0700 "$(dirname "$FILLED")"
python3 -c 'import bcrypt' 2>/dev/null || apt-get install -y -q python3-bcrypt >/dev/null
# Secrets go by environment, where only root can read them, and never by argument.
NB_RELAY_SECRET=$(value .secrets.env NB_RELAY_SECRET) \
NB_DATA_STORE_KEY=$(value .secrets.env NB_DATA_STORE_KEY) \
NB_OWNER_PASSWORD=$(value .secrets.env NB_OWNER_PASSWORD) \
    python3 - netbird/config.template.yaml "$FILLED" <<'PYTHON'
import os, re, sys
import bcrypt

template, filled = sys.argv[1:]
password = os.environ["NB_OWNER_PASSWORD"].encode()
old = open(filled, encoding="utf-8").read() if os.path.exists(filled) else ""
known = re.search(r'password: "(\$2[^"]+)"', old)
# The same password keeps its hash, so that nothing changes when nothing has changed.
if known and bcrypt.checkpw(password, known.group(1).encode()):
    hashed = known.group(1)
else:
    hashed = bcrypt.hashpw(password, bcrypt.gensalt(10)).decode()
values = {"NB_OWNER_HASH": hashed, **{name: os.environ[name] for name in ("NB_RELAY_SECRET", "NB_DATA_STORE_KEY")}}
text = open(template, encoding="utf-8").read()
for name, value in values.items():
    text = text.replace("${" + name + "}", value)
if text != old:
    with open(filled + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(filled + ".new", filled)
PYTHON

log "5/7 NetBird"
start netbird-server netbird-dashboard
wait_for netbird-server
wait_for netbird-dashboard 60

log "6/7 NetBird's proxy and agent"
if has .secrets.env NB_PROXY_TOKEN; then
    docker compose up -d --no-deps --force-recreate netbird-proxy
    wait_for netbird-proxy 60
else
    log "netbird-proxy stays off: make a token in NetBird (Reverse proxy) and set NB_PROXY_TOKEN"
fi
if has .env NB_BIFROST_SETUP_KEY; then
    start netbird-agent
    wait_for netbird-agent 60
else
    log "netbird-agent stays off, so public workloads cannot be reached: make a setup key in NetBird and set NB_BIFROST_SETUP_KEY"
fi

log "7/7 done"
docker compose ps
