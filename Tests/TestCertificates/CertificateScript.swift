/// What makes the certificates, in the folder that it runs in.
let certificateScript = """
  set -euo pipefail

  key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
  }

  # authority NAME
  authority() {
    key "$1"
    openssl req -new -x509 -key "$1.key" -out "$1.pem" -days 2 -subj "/CN=$1"
  }

  # issue NAME AUTHORITY DAYS EXTENSION...
  issue() {
    key "$1"
    openssl req -new -key "$1.key" -out "$1.request" -subj "/CN=$1"
    printf '%s\\n' "${@:4}" > "$1.extensions"
    openssl x509 -req -in "$1.request" -CA "$2.pem" -CAkey "$2.key" -days "$3" \\
      -extfile "$1.extensions" -out "$1.pem"
  }

  here=subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
  authority ca
  authority other-ca
  issue server ca 2 "$here"
  issue renewed other-ca 2 "$here"
  issue expired ca -1 "$here"
  issue elsewhere ca 2 subjectAltName=DNS:elsewhere.example
  issue wildcard ca 2 'subjectAltName=DNS:*.example.com'
  issue client ca 2 extendedKeyUsage=clientAuth
  issue stranger other-ca 2 extendedKeyUsage=clientAuth
  issue intermediate ca 2 basicConstraints=critical,CA:TRUE
  issue chained intermediate 2 "$here"
  cat intermediate.pem >> chained.pem
  """
