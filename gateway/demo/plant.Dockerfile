# A target for the container demo: OpenSSH as an ordinary user who logs in with a key. On its first start it makes a
# host key and the key that the gateway injects, and keeps both in the volume /keys. To read them:
#
#   docker compose --profile demo run --rm --entrypoint cat plant /keys/login       the credential for the gateway
#   docker compose --profile demo run --rm --entrypoint cat plant /keys/host.pub    the host key to pin

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends openssh-server \
  && rm -rf /var/lib/apt/lists/* \
  && rm -f /etc/ssh/ssh_host_* \
  && useradd --uid 1000 --create-home --shell /bin/bash operator \
  && install -d -o operator -g operator -m 0700 /keys
COPY --chmod=0755 gateway/demo/plant.sh /usr/local/bin/plant
USER operator
VOLUME /keys
EXPOSE 2222
ENTRYPOINT ["/usr/local/bin/plant"]
