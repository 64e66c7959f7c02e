package io.cuvee.http;

/// Answers the requests of one route. Called on a virtual thread for each request, so it may block.
@FunctionalInterface
public interface HttpHandler {
  /// Whatever is thrown becomes an error answer: a `CuveeException` by its code, anything else a
  /// 500 that is logged.
  HttpResponse handle(HttpRequest request) throws Exception;
}
