#!/bin/bash
# A Slurm of two nodes on this machine, of Debian's packages, and a study of 250 cells on it while things go wrong:
# arrays of at most 101, one task killed, one requeued, one node down for a while. What comes out is
# compared with the same study on one machine, hash by hash. As root:
#   apt-get install -y --no-install-recommends slurm-wlm munge parallel && npm run build && scripts/slurm-check.sh
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-$(mktemp -d)}
tool="$(command -v node) $here/dist/cli/main.js"
cd "$work"
say() { printf '%5d s  %s\n' "$SECONDS" "$*"; }

cluster() {
  mkdir -p /run/munge spool && chown munge:munge /run/munge
  munge -n >/dev/null 2>&1 || runuser -u munge -- /usr/sbin/munged
  export SLURM_CONF=$work/slurm.conf
  cat > slurm.conf <<CONF
ClusterName=check
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
SlurmdTimeout=10
MaxArraySize=101
SchedulerParameters=sched_interval=2,batch_sched_delay=0,bf_interval=2,default_queue_depth=200
StateSaveLocation=$work/spool
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.%n.log
NodeName=n1 NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=17001 CPUs=2 RealMemory=4000
NodeName=n2 NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=17002 CPUs=2 RealMemory=4000
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=60 State=UP
CONF
  slurmctld -f slurm.conf
  for node in n1 n2; do slurmd -f slurm.conf -N $node; done
  until [ "$(sinfo -h -o %T | sort -u)" = idle ]; do sleep 1; done
  say "two nodes are idle: $(sinfo -h -N -o '%N ' | tr -d '\n')"
}
down() { for f in slurmd.n1.pid slurmd.n2.pid slurmctld.pid; do kill "$(cat $f)" 2>/dev/null || true; done; }
trap down EXIT

cat > study.yaml <<'YAML'
study: check
measure: training
base: quickstart
with: { network.layers: [784, 10, 10], data: { train: 200, test: 100 }, train: { batch: 10, epochs: 1 } }
grid: { learning.lambda: [0, 0.1, 0.2, 0.5, 1] }
seeds: [SEEDS]
YAML
sed -i "s/SEEDS/$(seq -s, 1 50)/" study.yaml
running() { squeue -h -r -t R -o '%i %N' | grep -v report | awk -v n="${1:-n}" '$2 ~ n { print $1; exit }'; }
some() { local task; until task=$(running "${1:-n}") && [ -n "$task" ]; do sleep .3; done; echo "$task"; }

cluster
$tool study submit study.yaml --slurm --out cluster --pack 2 --array-parallelism 4 --setup "sleep 1" --json > jobs.json
say "submitted: $(tr -d '\n' < jobs.json)"
sleep 5
task=$(some); scancel --signal=KILL "$task"; say "killed task $task"
task=$(some); scontrol requeue "$task"; say "requeued task $task"
task=$(some n2); kill -9 "$(cat slurmd.n2.pid)"; say "node n2 is lost, with task $task"
until [ "$(sinfo -h -n n2 -o %T)" = "down*" ] || [ "$(sinfo -h -n n2 -o %T)" = down ]; do sleep 1; done
say "n2 is $(sinfo -h -n n2 -o %T)"
sleep 10
slurmd -f slurm.conf -N n2; say "n2 is back"
while [ -n "$(squeue -h)" ]; do sleep 2; done
say "all jobs have ended"
$tool study status cluster || true
say "submitting what is left"
$tool study submit study.yaml --slurm --out cluster --pack 2 --array-parallelism 4 2>&1 | tail -2
while [ -n "$(squeue -h)" ]; do sleep 2; done
$tool study merge cluster
say "the same on one machine"
$tool run study.yaml --out local --jobs 2 --quiet > /dev/null
hashes() { python3 -c 'import json,sys; print("\n".join(sorted(r["id"]+" "+r["made"]["digest"] for r in map(json.loads, open(sys.argv[1])))))' "$1"; }
hashes local/results.jsonl > local.txt
hashes cluster/results.jsonl > cluster.txt
cmp local.txt cluster.txt && say "$(wc -l < cluster.txt) cells, equal hash by hash; $(uniq -d cluster.txt | wc -l) twice"
