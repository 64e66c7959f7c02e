package io.cuvee.controller.api;

import io.cuvee.http.HttpHandler;

/// One route with what the OpenAPI document says of it.
///
/// @param method GET, POST, PUT or DELETE
/// @param path pattern with `{variables}`
/// @param writes whether only the leading controller may do it
/// @param summary one sentence
record Endpoint(String method, String path, boolean writes, String summary, HttpHandler handler) {
  static Endpoint read(String path, String summary, HttpHandler handler) {
    return new Endpoint("GET", path, false, summary, handler);
  }

  static Endpoint write(String method, String path, String summary, HttpHandler handler) {
    return new Endpoint(method, path, true, summary, handler);
  }
}
