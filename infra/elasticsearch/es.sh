#!/usr/bin/env bash
# es.sh install|start|stop|kill|status|wipe : a real one-node Elasticsearch for tests on loopback, security off.
# Environment (all optional): ES_PORT=9250 (and the port 100 above it)  ES_DIR=<var>/elasticsearch (data, logs, config, pid)
#   ES_CACHE=<var>/cache/elasticsearch (the unpacked server)  ES_HEAP=512m  ES_WAIT=120 seconds  ES_OPTS=<options of the JVM>
#   ES_DATA=<ES_DIR>/data (in memory, /dev/shm, what is written is quick)
#   ES_JAVA_HOME=<a full JDK of Java 21 or newer>  ES_RUN_USER=nobody (used when root)  MVN_FLAGS=
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); var=$(cd "$here/../.." && pwd)/var
port=${ES_PORT:-9250}; dir=${ES_DIR:-$var/elasticsearch}; cache=${ES_CACHE:-$var/cache/elasticsearch}
data=${ES_DATA:-$dir/data}; heap=${ES_HEAP:-512m}; user=${ES_RUN_USER:-nobody}; wait_s=${ES_WAIT:-120}
ver=$(sed -n 's:.*<es.version>\(.*\)</es.version>.*:\1:p' "$here/pom.xml"); home=$cache/elasticsearch-$ver
url=http://127.0.0.1:$port; name=test-$port
say() { echo "es.sh: $*" >&2; }
health() { # up, and every shard has come up or never will: an index that is lost is not the server's health
  local h; h=$(curl -fsS --noproxy '*' -m 3 "$url/_cluster/health?wait_for_no_initializing_shards=true&timeout=1s" 2>/dev/null) && [[ $h == *"\"$name\""*'"timed_out":false'* ]]
}
pid() { local p; p=$(cat "$dir/pid" 2>/dev/null) && tr '\0' ' ' <"/proc/$p/cmdline" 2>/dev/null | grep -qF "elasticsearch-$ver/" && echo "$p"; }
find_java() { # ES_JAVA_HOME, JAVA_HOME, the java on PATH, the JDKs beside it and in /usr/lib/jvm: the first that is new enough and whole
  local c m on_path; on_path=$(readlink -f "$(command -v java || echo /nowhere/bin/java)"); on_path=${on_path%/bin/java}
  for c in "${ES_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" "$(dirname "$on_path")"/* /usr/lib/jvm/*; do
    [ -n "$c" ] && [ -x "$c/bin/javac" ] || continue
    m=$("$c/bin/java" --list-modules 2>/dev/null) && [[ $m =~ jdk\.incubator\.vector@(2[1-9]|[3-9][0-9]) && $m == *jdk.jlink@* ]] && { echo "$c"; return; }
  done
  say "no full JDK of Java 21 or newer was found (JAVA_HOME, PATH, /usr/lib/jvm): install one, or set ES_JAVA_HOME"; return 1
}
install() { # one process at a time; the others find it done
  mkdir -p "$cache"; exec 8>"$cache/lock"; flock 8
  [ -x "$home/bin/elasticsearch" ] || {
    command -v mvn >/dev/null || { say "Maven (mvn) is needed to fetch Elasticsearch $ver"; return 1; }
    say "fetching Elasticsearch $ver (132 MB, once)"
    rm -rf "$cache/new"
    (cd "$here" && mvn -q -B ${MVN_FLAGS:-} -Des.cache="$cache" -f pom.xml generate-resources >&2 8>&-)
    rm -rf "$cache/new" "$cache/antrun"
  }
  local src=$here/RootPlugin.java plug=$home/plugins/local-root   # GET / for info() and ping(), as a whole Elasticsearch has it
  if [ ! -f "$plug/local-root.jar" ] || [ "$src" -nt "$plug/local-root.jar" ]; then
    rm -rf "$plug" "$cache/plug"; mkdir -p "$plug" "$cache/plug"
    "$java/bin/javac" --release 21 -nowarn -d "$cache/plug" -cp "$home/lib/*" "$src"
    printf '%s\n' "description=GET / for tests" version=1 name=local-root classname=local.RootPlugin java.version=21 "elasticsearch.version=$ver" >"$plug/plugin-descriptor.properties"
    (cd "$cache/plug" && "$java/bin/jar" --create --file "$plug/local-root.jar" .); rm -rf "$cache/plug"
  fi
  chmod -R a+rX "$home"; exec 8>&-
}
reachable() { "$@" test -r "$home/bin/elasticsearch" -a -r "$home/lib" && "$@" test -w "$data" -a -w "$dir/logs"; }
start() {
  if [ -n "$(pid)" ] && health; then say "already up at $url"; return; fi
  if curl -s --noproxy '*' -m 2 -o /dev/null "$url"; then say "port $port is taken by another server"; return 1; fi
  java=$(find_java); install
  mkdir -p "$data" "$dir"/{logs,tmp,repo,conf/jvm.options.d}; rm -f "$dir/pid"
  cp "$home"/config/{jvm.options,log4j2.properties} "$dir/conf/"
  cat >"$dir/conf/elasticsearch.yml" <<YML
cluster.name: $name
node.name: test
discovery.type: single-node
network.host: 127.0.0.1
http.port: $port
transport.port: $((port + 100))
path.data: $data
path.logs: $dir/logs
path.repo: ["$dir/repo"]
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
YML
  local as=()
  if [ "$(id -u)" = 0 ]; then   # the server refuses to run as root
    chown -R "$user" "$dir" "$data"; as=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)
    if ! reachable "${as[@]}"; then   # a checkout under a closed folder: run a copy from where everybody may go
      local open; open=$(mktemp -d); chmod 755 "$open"; cp -r "$home" "$open/"; home=$open/elasticsearch-$ver; echo "$open" >"$dir/copy"
      reachable "${as[@]}" || { say "user $user cannot reach $dir or $home: put them under folders others may enter"; return 1; }
    fi
  fi
  (cd "$dir" && "${as[@]}" env -i PATH="$PATH" HOME="$dir" LANG=C.UTF-8 ES_JAVA_HOME="$java" ES_PATH_CONF="$dir/conf" ES_TMPDIR="$dir/tmp" \
    ES_JAVA_OPTS="-Xms$heap -Xmx$heap ${ES_OPTS:-}" timeout "$wait_s" "$home/bin/elasticsearch" -d -p "$dir/pid" >"$dir/logs/start.log" 2>&1 </dev/null) \
    || { say "did not start; last lines of $dir/logs/start.log:"; tail -n 20 "$dir/logs/start.log" >&2; return 1; }
  for _ in $(seq "$((wait_s * 4))"); do health && { say "up at $url (pid $(pid))"; return; }; [ -n "$(pid)" ] || break; sleep 0.25; done
  say "not healthy; see $dir/logs"; return 1
}
stop() {
  local p; p=$(pid) || { say "not running"; return 0; }
  kill "-${1:-TERM}" "$p"; for _ in $(seq 120); do kill -0 "$p" 2>/dev/null || { rm -f "$dir/pid"; say "stopped"; return; }; sleep 0.25; done
  kill -9 "$p"; rm -f "$dir/pid"; say "killed"
}
case "${1:-}" in
  install) java=$(find_java); install ;;
  start) start ;;
  stop) stop ;;
  kill) stop KILL ;;
  status) if [ -n "$(pid)" ] && health; then echo "up $url pid $(pid)"; else echo down; exit 3; fi ;;
  wipe) stop; if [ -f "$dir/copy" ]; then rm -rf "$(cat "$dir/copy")"; fi; rm -rf "$dir" "$data" ;;
  *) echo "usage: $0 install|start|stop|kill|status|wipe" >&2; exit 2 ;;
esac
