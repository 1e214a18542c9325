"""What Linear is asked, in its query language.

Source: https://linear.app/developers/graphql
"""

ISSUE = """
fragment Ticket on Issue {
  id identifier url title dueDate priority priorityLabel updatedAt archivedAt trashed
  state { id name }
  assignee { id name email }
  team { id }
  history(first: 50) {
    nodes {
      id createdAt updatedAt
      actor { id name }
      botActor { name }
      fromTitle toTitle
      fromStateId toStateId
      fromAssigneeId toAssigneeId
      fromDueDate toDueDate
      fromPriority toPriority
    }
  }
}
"""

ME = """
query Me {
  viewer { id name email }
}
"""

TEAMS = """
query Teams($after: String) {
  teams(first: 100, after: $after) {
    nodes { id name }
    pageInfo { hasNextPage endCursor }
  }
}
"""

TEAM = """
query Team($id: String!) {
  organization { urlKey }
  team(id: $id) {
    id key name
    states(first: 100) { nodes { id name type position } }
  }
}
"""

MEMBERS = """
query Members($id: String!, $after: String) {
  team(id: $id) {
    members(first: 100, after: $after) {
      nodes { id name email active }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

GET = (
    """
query Ticket($id: String!) {
  issue(id: $id) { ...Ticket }
}
"""
    + ISSUE
)

LIST = """
query Tickets($filter: IssueFilter!, $after: String) {
  issues(filter: $filter, first: 100, after: $after, includeArchived: true) {
    nodes { id createdAt description }
    pageInfo { hasNextPage endCursor }
  }
}
"""

CHANGED = """
query Changed($filter: IssueFilter!, $after: String) {
  issues(filter: $filter, first: 100, after: $after, includeArchived: true) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}
"""

LABELS = """
query Labels($filter: IssueLabelFilter!) {
  issueLabels(filter: $filter, first: 100) { nodes { id name } }
}
"""

CREATE = (
    """
mutation Create($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { ...Ticket } }
}
"""
    + ISSUE
)

CHANGE = """
mutation Change($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success }
}
"""

ATTACH = """
mutation Attach($input: AttachmentCreateInput!) {
  attachmentCreate(input: $input) { success }
}
"""
