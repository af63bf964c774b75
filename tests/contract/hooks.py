"""Checks of our own: every answer of the public API can be read from another site, and errors speak."""

import schemathesis


@schemathesis.check
def readable_from_another_site(context, response, case):
    if not case.operation.path.startswith("/api/v1/"):
        return
    allowed = response.headers.get("access-control-allow-origin")
    assert allowed == ["*"], f"Access-Control-Allow-Origin is {allowed}, so a blog's page cannot read this answer"
    cookies = response.headers.get("set-cookie")
    assert not cookies, f"the public API sets no cookies, but here is {cookies}"


@schemathesis.check
def errors_are_problem_documents(context, response, case):
    if response.status_code < 400 or case.method.upper() == "HEAD":
        return
    kind = (response.headers.get("content-type") or [""])[0]
    assert kind.startswith("application/problem+json"), f"an error came as {kind!r}"
    problem = response.json()
    assert problem["status"] == response.status_code, "the problem's status is not the answer's"
    assert problem["title"] and problem["detail"], "a problem without words"
    if response.status_code in (429, 503):
        assert response.headers.get("retry-after"), "a temporary refusal without Retry-After"
