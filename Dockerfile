# Tailroom in a container: the one file, and what it links to.
FROM node:lts-bookworm-slim AS build
WORKDIR /tailroom
COPY . .
RUN npm run build

FROM debian:bookworm-slim
RUN apt-get update \
	&& apt-get install --yes --no-install-recommends libatomic1 libstdc++6 \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --system --home-dir /data --shell /usr/sbin/nologin tailroom \
	&& install --directory --mode 0700 --owner tailroom --group tailroom /data /backups
COPY --from=build /tailroom/dist/tailroom /usr/local/bin/tailroom
USER tailroom
# In a container its loopback is nobody's: who may come is said where its port is published.
ENV TAILROOM_DATA=/data TAILROOM_HOST=0.0.0.0 PORT=8080
VOLUME /data /backups
EXPOSE 8080
HEALTHCHECK --interval=10s --start-period=30s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["tailroom"]
CMD ["serve"]
