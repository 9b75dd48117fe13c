ARG VERSION=3.8
FROM alpine AS tools
RUN touch /ready
FROM bitnamilegacy/kafka:${VERSION}
COPY --from=tools /ready /ready
